/** A call to Azure Resource Manager, as the sentences need it. */
export interface ArmCall {
  /** For people: `creating the container group shop`. */
  call: string;
  /** What a role has to allow: `Microsoft.ContainerInstance/containerGroups/write`. */
  action: string;
  /** Id of what it is about. */
  scope: string;
  /** Name of the container group or resource group. */
  group: string;
}

/** One request to Azure Resource Manager. */
export interface ArmRequest extends ArmCall {
  method: 'GET' | 'PUT' | 'DELETE';
  /** With its query. */
  url: URL;
  /** JSON. */
  body?: string;
}

/** An answer of Azure Resource Manager, whatever its status. */
export interface ArmAnswer {
  status: number;
  text: string;
  header(name: string): string | undefined;
  /** Whether an attempt before was lost: the answer may be about what that one has done. */
  repeated: boolean;
}
