import type { RequestListener } from 'node:http';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export type Answer = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
};

/** Writes down every answer that an app gives in full. */
export function recorded(listener: RequestListener, answers: Answer[]): RequestListener {
  return (req, res) => {
    const chunks: Buffer[] = [];
    const keep = (chunk: unknown) => {
      if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) chunks.push(Buffer.from(chunk));
    };
    const { write, end } = res;
    Object.assign(res, {
      write: (...args: unknown[]) => {
        keep(args[0]);
        return Reflect.apply(write, res, args);
      },
      end: (...args: unknown[]) => {
        keep(args[0]);
        return Reflect.apply(end, res, args);
      },
    });
    const { method = '', url = '' } = req;
    res.once('finish', () => {
      const [type = ''] = String(res.getHeader('content-type') ?? '').split(';');
      const body = Buffer.concat(chunks).toString();
      answers.push({ method, path: url.split('?')[0] ?? '', status: res.statusCode, type, body });
    });
    listener(req, res);
  };
}

/** Holds answers against an OpenAPI document, as a client that was built from it would. */
export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #paths: readonly (readonly [template: string, pattern: RegExp])[];

  constructor(document: { readonly paths?: object }) {
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, 'api');
    this.#paths = Object.keys(document.paths ?? {}).map((template) => [
      template,
      new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
    ]);
  }

  /** What of an answer is not as the document has it; undefined when all is. */
  complaint({ method, path, status, type, body }: Answer): string | undefined {
    const name = `${method} ${path} answered ${status} with ${type}`;
    const declared = this.#declared({ method, path, status });
    if (method === 'HEAD' || status === 204 || status === 304) return undefined;
    // What belongs to no operation is a problem by the schema of all of them.
    const isProblem = type === 'application/problem+json';
    if (declared === undefined && !isProblem) return `${name}: not in the document`;
    const place = declared
      ? `${declared}/content/${escaped(type)}/schema`
      : '/components/schemas/Problem';
    const validate = this.#schema(place);
    if (validate === undefined) return `${name}: not in the document`;
    const value: unknown = type.endsWith('json') ? JSON.parse(body) : body;
    if (!validate(value)) return `${name}: ${this.#ajv.errorsText(validate.errors)}`;
    if (isProblem && Object(value).status !== status) return `${name}: another status in the body`;
    return undefined;
  }

  #declared({ method, path, status }: Pick<Answer, 'method' | 'path' | 'status'>) {
    const [template] = this.#paths.find(([, pattern]) => pattern.test(path)) ?? [];
    if (template === undefined) return undefined;
    const operation = method === 'HEAD' ? 'get' : method.toLowerCase();
    const responses = `/paths/${escaped(template)}/${operation}/responses`;
    const codes = [String(status), `${Math.floor(status / 100)}XX`];
    return codes.map((code) => `${responses}/${code}`).find((place) => this.#schema(place));
  }

  #schema(place: string) {
    try {
      return this.#ajv.getSchema(`api#${place}`);
    } catch {
      return undefined;
    }
  }
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
