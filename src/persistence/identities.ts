/** What everything stored is named by, and JSON. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A change within a tenant; the two together are its identity everywhere. */
export interface ChangeRef {
  readonly tenant: string;
  readonly change: string;
}

/** A project within a tenant. */
export interface ProjectRef {
  readonly tenant: string;
  readonly project: string;
}
