import { BadInput, type Input } from '@slipway/shared/action/input';
import { secretMap } from '@slipway/shared/action/key-values';

const example = 'DATABASE_URL=arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-db';
const reference = /^(?:arn:aws[a-z-]*:(?:secretsmanager|ssm):[a-z0-9-]+:\d{12}:\S+|\/[\w./-]+)$/;
const withValues = secretMap({ example });

/**
 * Names of variables and where ECS finds their values: ARNs of Secrets Manager or Parameter Store, or
 * names of parameters. A reference is no secret and is shown. Anything else may be the secret itself,
 * given by mistake: it is masked, and then refused.
 * Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
 */
export const secretReferences: Input<Map<string, string>> = {
  ...withValues,
  secrets: (text) =>
    (withValues.secrets?.(text) ?? []).filter(
      (part) => !reference.test(part.slice(part.indexOf('=') + 1)) && !reference.test(part),
    ),
  parse(text) {
    const values = withValues.parse(text);
    for (const [key, value] of values) {
      if (reference.test(value)) continue;
      throw new BadInput(`has a value for ${key} that is no reference to a secret`, example);
    }
    return values;
  },
};
