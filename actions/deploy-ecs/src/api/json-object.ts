/** A JSON value as it was parsed. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object whose unknown fields are kept. */
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}
