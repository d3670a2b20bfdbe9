/** What `docker login` wants. The password is a secret, already masked. */
export interface RegistryCredentials {
  username: string;
  password: string;
}
