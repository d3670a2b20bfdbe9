/** A pool whose provider trusts an issuer, and who may do what. */
export interface GoogleSeed {
  /** `projects/123/locations/global/workloadIdentityPools/github/providers/github` */
  provider: string;
  /** Condition of the provider: subjects that it lets in. */
  subjects: readonly string[];
  /** Service accounts, and the subjects of the pool that may speak as them. */
  accounts: readonly { email: string; subjects: readonly string[] }[];
  /** Principals that may read clusters. */
  readers: readonly string[];
}

/** Tokens that are good, and who they are. */
export type GoogleTokens = Map<string, { principal: string; subject: string; end: number }>;

/** What the services share. */
export interface GoogleParts {
  seed: GoogleSeed;
  issuer: string;
  tokens: GoogleTokens;
  newToken(of: { principal: string; subject: string }, seconds: number): string;
  now: () => number;
}
