/** How large the content of one revision may be. What is larger is refused as a whole: half a diff would mislead. */

/** 8 MiB, uncompressed. */
export const MAX_DIFF_BYTES = 8 * 1024 * 1024;
export const MAX_FILES = 10_000;
/** As text; an entry of an index holds 2,704 bytes, and the names of tenant and change stand in it too. */
export const MAX_PATH_BYTES = 2_000;
/** Line numbers stand in columns of four bytes. */
export const MAX_LINE = 2 ** 31 - 1;
/** Of one line as it is served; what is longer is cut. */
export const MAX_LINE_CHARACTERS = 10_000;
/** Of all lines of one page, about. */
export const MAX_PAGE_CHARACTERS = 500_000;
