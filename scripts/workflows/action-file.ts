/** What is read of an action.yml. */
export interface ActionFile {
  description: string;
  inputs?: Record<string, { description: string; required?: boolean; default?: string }>;
  outputs?: Record<string, { description: string }>;
}

/** What is read of a reusable workflow. */
export interface WorkflowFile {
  on: {
    workflow_call: {
      inputs: Record<string, WorkflowInput>;
      secrets?: Record<string, { description: string; required: boolean }>;
      outputs?: Record<string, { description: string; value: string }>;
    };
  };
  jobs: Record<string, { permissions?: Record<string, string>; uses?: string }>;
}

/** An input of a reusable workflow. */
export interface WorkflowInput {
  description: string;
  required?: boolean;
  type: string;
  default?: string | number;
}
