import { type Answer, type Handler, jsonAnswer, type Request } from '../../http/exchange.ts';
import { Refusal } from '../refusal.ts';
import { type AwsParts, Rules } from '../service.ts';
import { accountOf } from '../sessions.ts';
import { verifySignature } from '../signature.ts';

/** A cluster of EKS, whose API server is somewhere else. */
export interface EksCluster {
  name: string;
  region: string;
  /** `https://127.0.0.1:34567`; none while it is created. */
  endpoint?: string;
  /** PEM. */
  certificateAuthority?: string;
  status: 'ACTIVE' | 'CREATING' | 'UPDATING';
}

/**
 * Amazon EKS, as far as signing in needs it: DescribeCluster.
 * Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html
 */
export function eksService(parts: AwsParts & { clusters: readonly EksCluster[] }): Handler {
  const rules = new Rules({ ...parts, model: 'eks', operations: {} });
  const describe = (request: Request): Answer => {
    const { pathname, search } = request.url;
    const [, name] = /^\/clusters\/([^/]+)$/.exec(pathname) ?? [];
    if (request.method !== 'GET' || name === undefined || search !== '') {
      throw new Refusal('UnknownOperationException', 'There is no such operation.', 404);
    }
    const signed = verifySignature(request, rules.name, parts.sessions, parts.now());
    const account = accountOf(signed.session.role);
    const arn = `arn:aws:eks:${signed.region}:${account}:cluster/${name}`;
    const operation = { resource: () => arn, run: () => ({}) };
    rules.authorize('DescribeCluster', operation, {}, signed);
    const found = parts.clusters.find(
      (cluster) => cluster.name === name && cluster.region === signed.region,
    );
    if (!found) {
      const message = `No cluster found for name: ${name}.`;
      throw new Refusal('ResourceNotFoundException', message, 404);
    }
    const { certificateAuthority, endpoint, status } = found;
    const answer = {
      cluster: {
        name,
        arn,
        status,
        version: '1.34',
        ...(endpoint !== undefined && { endpoint }),
        ...(certificateAuthority !== undefined && {
          certificateAuthority: { data: Buffer.from(certificateAuthority).toString('base64') },
        }),
        resourcesVpcConfig: { endpointPublicAccess: true, endpointPrivateAccess: false },
      },
    };
    rules.checkAnswer('DescribeCluster', answer);
    return jsonAnswer(200, answer, 'application/json');
  };
  return (request) => {
    try {
      return describe(request);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message } = error;
      const status = code === 'AccessDeniedException' ? 403 : error.status;
      const answer = jsonAnswer(status, { message }, 'application/json');
      return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': code } };
    }
  };
}
