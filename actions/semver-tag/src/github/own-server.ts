/**
 * Whether an address that GitHub answered with is one of its own: the server of the API, or the one
 * beside it that takes uploads. The token goes nowhere else.
 * Source: https://docs.github.com/rest/releases/assets#upload-a-release-asset
 * @param restUrl `https://api.github.com`, `https://api.octocorp.ghe.com`, `https://ghes.example/api/v3`
 */
export function isOwnServer(address: string, restUrl: string): boolean {
  const api = new URL(restUrl);
  const uploads = new URL(restUrl);
  uploads.hostname = api.hostname.replace(/^api\./, 'uploads.');
  return [api.origin, uploads.origin].includes(URL.parse(address)?.origin ?? '');
}
