/** The address that a cloud gives for an API server. @returns undefined for what is none */
export function endpointOf(given: string | undefined): URL | undefined {
  if (given === undefined) return undefined;
  const address = given.includes('://') ? given : `https://${given}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === 'https:' && !url.username && !url.password ? url : undefined;
}

/** The certificates in what a cloud gives as base64. @returns undefined for what holds none */
export function certificateIn(given: string | undefined): string | undefined {
  const text = Buffer.from(given ?? '', 'base64').toString('utf8');
  return text.includes('-----BEGIN CERTIFICATE-----') ? text : undefined;
}
