/**
 * The digest of some bytes.
 * @param like a digest; its algorithm is used (`sha256` or `sha512`)
 */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>, like = 'sha256:'): Promise<string> {
  const [name, algorithm] = like.startsWith('sha512:')
    ? ['sha512', 'SHA-512']
    : ['sha256', 'SHA-256'];
  const hash = await crypto.subtle.digest(algorithm, bytes);
  return `${name}:${Buffer.from(hash).toString('hex')}`;
}
