/** Credentials of AWS. All texts are secrets, already masked. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** When they end; undefined where they do not, or nobody knows. */
  expiration?: Date;
}

/** As whom this job speaks to AWS. */
export interface AwsIdentity {
  /** For people: the ARN of the role, or where the credentials come from. */
  readonly who: string;
  /** Credentials that are good for some minutes more; asked for before every call. */
  credentials(): Promise<AwsCredentials>;
}
