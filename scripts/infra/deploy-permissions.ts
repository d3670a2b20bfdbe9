/** One IAM action that an action of ours may call: an entry of `permissions.json`. */
export interface Permission {
  /** `ecs:DescribeServices` */
  action: string;
  why: string;
  /** Whether the action can do its work without it, and says so once. */
  optional: boolean;
  /** Kind of resource that IAM checks it against, a name in `infra/aws/deploy-role.tf`. */
  resources: string;
}

/** The text of `infra/aws/deploy-permissions.tf`: the list as Terraform reads it, by kind. */
export function deployPermissions(permissions: readonly Permission[]): string {
  const kinds = Map.groupBy(permissions, ({ resources }) => resources);
  const blocks = [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, of]) => block(kind, of));
  return `# Generated from actions/deploy-ecs/src/api/permissions.json by \`make generate\`.

# What deploy-ecs calls, by the kind of resource that IAM checks it against (deploy-role.tf).
locals {
  deploy_permissions = {
${blocks.join('')}  }
}
`;
}

// As `terraform fmt` has it: the comments of one list start in one column.
function block(kind: string, permissions: readonly Permission[]): string {
  const width = Math.max(...permissions.map(({ action }) => action.length)) + '"",'.length;
  const lines = permissions.map(({ action, why, optional }) => {
    const quoted = `"${action}",`.padEnd(width);
    return `      ${quoted} # ${oneLine(why)}${optional ? '' : ' (always needed)'}\n`;
  });
  return `    "${kind}" = [\n${lines.join('')}    ]\n`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
