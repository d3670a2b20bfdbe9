/** The environment as Node gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;
