import { runSimulation } from "@cloud-copilot/iam-simulate";

/** What a call touches: the resource, and the tags that conditions of a policy may ask for. */
export interface Resource {
  arn: string;
  tags: Record<string, string>;
  /** Further context keys, for what is only being made. */
  context?: Record<string, string | string[]>;
}

interface Policy {
  name: string;
  policy: unknown;
}

/** Judges calls by a role's own policy documents, each resource by itself, as IAM does. */
export class RolePermissions {
  private readonly verdicts = new Map<string, boolean>();

  /** @param policies the JSON texts of the role's policies */
  constructor(
    private readonly account: string,
    private readonly policies: string[],
  ) {}

  /** Whether the action is allowed on every one of the resources, or on `*` when there are none. */
  async allow(action: string, resources: Resource[]): Promise<boolean> {
    const asked = resources.length === 0 ? [{ arn: "*", tags: {} }] : resources;
    for (const resource of asked) {
      if (!(await this.allowOne(action, resource))) return false;
    }
    return true;
  }

  private async allowOne(action: string, { arn, tags, context }: Resource): Promise<boolean> {
    const key = JSON.stringify([action, arn, tags, context]);
    const known = this.verdicts.get(key);
    if (known !== undefined) return known;
    const contextVariables = {
      ...Object.fromEntries(
        Object.entries(tags).map(([name, value]) => [`aws:ResourceTag/${name}`, value]),
      ),
      ...context,
    };
    const identityPolicies: Policy[] = this.policies.map((text, index) => ({
      name: String(index),
      policy: JSON.parse(text) as unknown,
    }));
    const outcome = await runSimulation(
      {
        identityPolicies,
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        request: {
          action,
          principal: `arn:aws:iam::${this.account}:role/manager`,
          resource: { resource: arn, accountId: this.account },
          contextVariables,
        },
      },
      {},
    );
    if (outcome.resultType === "error") {
      throw new Error(`IAM can't judge ${action} on ${arn}: ${JSON.stringify(outcome.errors)}`);
    }
    const isAllowed = outcome.overallResult === "Allowed";
    this.verdicts.set(key, isAllowed);
    return isAllowed;
  }
}
