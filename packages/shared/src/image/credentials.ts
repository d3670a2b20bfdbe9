/**
 * What a registry, or its token service, accepts as proof.
 * An identity token is an OAuth 2 refresh token, as `docker login` stores it for some registries.
 */
export type RegistryAuth = { username: string; password: string } | { identityToken: string };

/** `Authorization` for a user name and a password. Source: RFC 7617, with UTF-8. */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
