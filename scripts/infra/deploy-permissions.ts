/** One IAM action that deploy-ecs may call: an entry of its `permissions.json`. */
export interface Permission {
  /** `ecs:DescribeServices` */
  action: string;
  why: string;
  /** Whether the action can do its work without it, and says so once. */
  optional: boolean;
  /** Kinds of resources that IAM checks it against, names in `infra/aws/deploy-role.tf`. */
  resources: readonly string[];
}

/** The text of `infra/aws/deploy-permissions.tf`: the list as Terraform reads it. */
export function deployPermissions(permissions: readonly Permission[]): string {
  const rows = permissions.map(({ action, why, optional, resources }) => ({
    action: `"${action}"`,
    kinds: `[${resources.map((kind) => `"${kind}"`).join(', ')}]`,
    why: `# ${why.replaceAll(/\s+/g, ' ')}${optional ? '' : ' (always needed)'}`,
  }));
  // As `terraform fmt` has it.
  const [actions, kinds] = [
    widest(rows.map((row) => row.action)),
    widest(rows.map((row) => row.kinds)),
  ];
  const lines = rows.map(
    (row) => `    ${row.action.padEnd(actions)} = ${row.kinds.padEnd(kinds)} ${row.why}\n`,
  );
  return `# Generated from actions/deploy-ecs/src/api/permissions.json by \`make generate\`.

# What deploy-ecs calls, and the kinds of resources that IAM checks it against (deploy-role.tf).
locals {
  deploy_permissions = {
${lines.join('')}  }
}
`;
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => text.length));
}
