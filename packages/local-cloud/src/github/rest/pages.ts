/** Which part of a list is asked for. */
export interface Page {
  /** From 1. */
  number: number;
  size: number;
}

/** `per_page` (30, at most 100) and `page` of a query. What is no number counts as not given. */
export function readPage(query: URLSearchParams): Page {
  const positive = (name: string, otherwise: number) => {
    const value = Number(query.get(name));
    return Number.isInteger(value) && value > 0 ? value : otherwise;
  };
  return { number: positive('page', 1), size: Math.min(positive('per_page', 30), 100) };
}

/** The entries of one page. */
export function slice<Entry>(entries: readonly Entry[], { number, size }: Page): readonly Entry[] {
  return entries.slice((number - 1) * size, number * size);
}

/**
 * The `link` header of a page; undefined when there is only one.
 * Source: https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 * @param url of the list, with its query
 * @param total entries in all pages
 */
export function linkHeader(url: URL, { number, size }: Page, total: number): string | undefined {
  const last = Math.max(1, Math.ceil(total / size));
  const link = (page: number, rel: string) => {
    const target = new URL(url);
    target.searchParams.set('page', `${page}`);
    return `<${target.href}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(Math.min(number - 1, last), 'prev')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
    ...(number > 1 ? [link(1, 'first')] : []),
  ];
  return links.length === 0 ? undefined : links.join(', ');
}
