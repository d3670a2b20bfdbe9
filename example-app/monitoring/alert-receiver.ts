// Where Alertmanager sends in the local stack: it prints one line of JSON for each alert. Only who
// has the token of /run/secrets/alert_receiver_token may send. Put a receiver of yours in its place.
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';

type Alert = {
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
};

const token = readFileSync('/run/secrets/alert_receiver_token', 'utf8').trim();
const MAX_BYTES = 1_000_000;

const server = createServer(async (req, res) => {
  if (req.method !== 'POST') {
    res.writeHead(req.url === '/' ? 200 : 404).end();
    return;
  }
  if (req.headers.authorization !== `Bearer ${token}`) {
    res.writeHead(401).end();
    return;
  }
  try {
    const { alerts }: { alerts: readonly Alert[] } = JSON.parse(await bodyOf(req));
    const receiver = req.url?.slice(1);
    for (const { status, labels, annotations, startsAt } of alerts) {
      console.log(JSON.stringify({ receiver, status, startsAt, ...labels, ...annotations }));
    }
    res.writeHead(204).end();
  } catch (error) {
    console.error(`not an alert: ${error instanceof Error ? error.message : error}`);
    res.writeHead(400).end();
  }
});
server.listen(9095);
process.on('SIGTERM', () => process.exit(0));

async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of req.setEncoding('utf8')) {
    text += chunk;
    if (text.length > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
  }
  return text;
}
