import type { Answer, Request } from '../../http/exchange.ts';
import type { Caller } from './access.ts';
import type { ArmPermissions } from './permissions.ts';
import type { Kind } from './rates.ts';

/** A request that was let through. */
export interface Asked {
  request: Request;
  /** Parts of the path by name. */
  part: (name: string) => string;
  query: URLSearchParams;
  version: string;
  caller: Caller;
  permissions: ArmPermissions;
  /** `https://127.0.0.1:34567`, for what an answer leads to. */
  origin: string;
}

/** One operation of Resource Manager. */
export interface Route {
  method: string;
  /** `/subscriptions/{subscription}/resourceGroups/{group}` */
  path: string;
  /** What a role has to allow: `Microsoft.Resources/subscriptions/resourceGroups/read`. */
  action: string;
  kind: Kind;
  versions: readonly string[];
  run: (asked: Asked) => Answer | Promise<Answer>;
}

/** The parts of a path by name; undefined where a template is another one. Case does not count. */
export function match(template: string, path: string): Map<string, string> | undefined {
  const [asked, wanted] = [path.split('/'), template.split('/')];
  if (asked.length !== wanted.length) return undefined;
  const parts = new Map<string, string>();
  for (const [index, want] of wanted.entries()) {
    const got = asked[index] ?? '';
    const name = /^\{(?<name>\w+)\}$/.exec(want)?.groups?.['name'];
    if (name !== undefined && got !== '') parts.set(name, decodeURIComponent(got));
    else if (got.toLowerCase() !== want.toLowerCase()) return undefined;
  }
  return parts;
}
