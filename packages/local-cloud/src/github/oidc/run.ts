/** The run that asks for tokens. */
export interface Run {
  /** `owner/name` */
  repository: string;
  /** Full ref. */
  ref: string;
  /** `sub` claim; by default the one that GitHub makes for a run on the ref. */
  subject?: string;
  /** Seconds that a token is valid; negative for tokens that come too late. */
  tokenLifetime?: number;
}
