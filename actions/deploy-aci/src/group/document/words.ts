/**
 * The words that Azure knows, by field. Azure takes them in any case and answers in this one.
 * Source: specification/containerinstance, API version 2026-05-01, of azure-rest-api-specs
 */
export const knownWords = {
  osType: ['Linux', 'Windows'],
  restartPolicy: ['Always', 'OnFailure', 'Never'],
  sku: ['Standard', 'Dedicated', 'Confidential', 'NotSpecified'],
  priority: ['Regular', 'Spot'],
  addressType: ['Public', 'Private'],
  protocol: ['TCP', 'UDP'],
  scheme: ['http', 'https'],
  logType: ['ContainerInsights', 'ContainerInstanceLogs'],
  labelScope: ['Unsecure', 'TenantReuse', 'SubscriptionReuse', 'ResourceGroupReuse', 'Noreuse'],
} as const;

/** A field whose words are known. */
export type WordField = keyof typeof knownWords;

/** A word as Azure writes it; undefined for one that is not known. */
export function knownWord(field: WordField, text: string): string | undefined {
  return knownWords[field].find((word) => word.toLowerCase() === text.toLowerCase());
}

/** A region by its short name: `East US` is `eastus`. */
export function regionName(location: string): string {
  return location.toLowerCase().replace(/\s/g, '');
}

/** Whether two texts are the same id of a resource. Azure changes their case as it likes. */
export function sameId(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one.toLowerCase() === other?.toLowerCase();
}
