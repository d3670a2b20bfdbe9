import { type Answer, isRecord, jsonAnswer, type Request } from './http/exchange.ts';
import { Faults } from './http/faults.ts';
import { type Listening, serve } from './http/serve.ts';

/** An annotation as Grafana keeps it. */
export interface KeptAnnotation {
  id: number;
  time: number;
  timeEnd: number;
  tags: string[];
  text: string;
}

/** Grafana's API for annotations, on loopback. */
export interface LocalGrafana extends Listening {
  /** Of a service account with the permission `annotations:create`. */
  token: string;
  /** Of one that may only look. */
  viewerToken: string;
  annotations: KeptAnnotation[];
  /** How often it was asked. */
  asked(): number;
  faults: Faults<'grafana'>;
}

/**
 * Starts what Grafana's documentation says of `POST /api/annotations`, with its own words.
 * Source: "Annotations HTTP API"; pkg/api/annotations.go, pkg/services/annotations and
 * pkg/services/accesscontrol of grafana/grafana
 * @param path of Grafana below its host, `/grafana`
 */
export async function startGrafana(path = ''): Promise<LocalGrafana> {
  const faults = new CountedFaults();
  const annotations: KeptAnnotation[] = [];
  const [token, viewerToken] = ['glsa_annotator_0f1e2d3c', 'glsa_viewer_4b5a6978'];
  const handler = (request: Request): Answer => {
    if (request.url.pathname !== `${path}/api/annotations` || request.method !== 'POST') {
      return jsonAnswer(404, { message: 'Not found' });
    }
    const given = request.headers['authorization'];
    if (given === `Bearer ${viewerToken}`) return forbidden();
    if (given !== `Bearer ${token}`) return jsonAnswer(401, { message: 'Invalid API key' });
    return add(request, annotations);
  };
  const listening = await serve('grafana', handler, faults);
  return {
    host: listening.host,
    url: listening.url + path,
    token,
    viewerToken,
    annotations,
    asked: () => faults.asked,
    faults,
    [Symbol.asyncDispose]: () => listening[Symbol.asyncDispose](),
  };
}

// Every request comes by here, whatever happens to it.
class CountedFaults extends Faults<'grafana'> {
  asked = 0;

  override take(service: 'grafana', request: Request) {
    this.asked += 1;
    return super.take(service, request);
  }
}

function forbidden(): Answer {
  const needed = 'Permissions needed: annotations:create';
  return jsonAnswer(403, {
    accessErrorId: 'ACE0123456789',
    message: `You'll need additional permissions to perform this action. ${needed}`,
    title: 'Access denied',
  });
}

function add(request: Request, annotations: KeptAnnotation[]): Answer {
  const bad = (message: string) => jsonAnswer(400, { message });
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    return bad('bad request data');
  }
  const given: unknown = JSON.parse(request.body.toString('utf8'));
  if (!isRecord(given)) return bad('bad request data');
  const { text, time, timeEnd = 0, tags = [] } = given;
  if (typeof text !== 'string' || text === '') return bad('text field should not be empty');
  if (typeof time !== 'number' || typeof timeEnd !== 'number') return bad('bad request data');
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string')) {
    return bad('bad request data');
  }
  if (Buffer.byteLength(JSON.stringify(tags)) > mostBytesOfTags) {
    return bad('Tags length exceeds the maximum allowed.');
  }
  const id = annotations.length + 1;
  annotations.push({ id, text, time, timeEnd, tags: tags.map(asKept) });
  return jsonAnswer(200, { message: 'Annotation added', id });
}

/** Setting `tags_length` in its section `annotations`. */
const mostBytesOfTags = 500;

/** What stands behind a second colon is lost. */
function asKept(tag: string): string {
  return tag
    .split(':', 2)
    .map((part) => part.trim())
    .join(':');
}
