/**
 * The type of AWS's SDK as it is in JSON: times are seconds since the epoch, bytes are base64, and
 * what is required is there, as the model was checked.
 */
export type Wire<T> = T extends Date
  ? number
  : T extends Uint8Array
    ? string
    : T extends readonly (infer Item)[]
      ? Wire<Item>[]
      : T extends object
        ? {
            [Key in keyof T]: IsOptional<T, Key> extends true
              ? Wire<T[Key]>
              : Wire<Exclude<T[Key], undefined>>;
          }
        : T;

type IsOptional<T, Key extends keyof T> = Record<never, never> extends Pick<T, Key> ? true : false;
