/** Directories that a test file makes beside the checkout: `tidy.ts` removes them when the file is through. */
export const made: string[] = [];
