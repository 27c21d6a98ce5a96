import { type Deployment, resourcesOfType } from "../../../simulator/deploy/engine";

export interface Statement {
  Sid: string;
  Effect: string;
  Action: string[];
  Resource: string;
  Condition?: object;
}

/** A policy document, as IAM reads it. */
export interface PolicyDocument {
  Version: string;
  Statement: Statement[];
}

/** The only policy of the manager's role, as it was deployed. */
export function documentOf(deployment: Deployment): PolicyDocument {
  const [policy, ...others] = resourcesOfType(deployment, "aws:iam/rolePolicy:RolePolicy");
  if (policy === undefined || others.length > 0) throw new Error("the role has not one policy");
  const { Version, Statement } = JSON.parse(String(policy.inputs.policy)) as PolicyDocument;
  return {
    Version,
    // A single one may be written without a list.
    Statement: Statement.map((one) => ({ ...one, Action: [one.Action].flat() })),
  };
}

/** The same deployment, with other inputs of every resource of a type. */
export function withInputs(deployment: Deployment, type: string, changes: object): Deployment {
  const resources = deployment.resources.map((resource) =>
    resource.type === type ? { ...resource, inputs: { ...resource.inputs, ...changes } } : resource,
  );
  return { ...deployment, resources };
}

/** The same deployment, whose role has this policy. */
export const withPolicy = (deployment: Deployment, document: object): Deployment =>
  withInputs(deployment, "aws:iam/rolePolicy:RolePolicy", { policy: JSON.stringify(document) });

/** The same deployment, whose function has other environment variables; undefined takes one away. */
export function withVariables(
  deployment: Deployment,
  changes: Record<string, string | undefined>,
): Deployment {
  const type = "aws:lambda/function:Function";
  const [resource] = resourcesOfType(deployment, type);
  const environment = resource?.inputs.environment as { variables: Record<string, string> };
  const all = Object.entries({ ...environment.variables, ...changes });
  const variables = Object.fromEntries(all.filter(([, value]) => value !== undefined));
  return withInputs(deployment, type, { environment: { variables } });
}

/** Every right by statement and action. */
export function actionsOf({ Statement }: PolicyDocument): string[] {
  return Statement.flatMap(({ Sid, Action }) => Action.map((action) => `${Sid} ${action}`));
}

/** The document with one statement changed. */
export function withStatement(
  document: PolicyDocument,
  sid: string,
  change: (statement: Statement) => Statement[],
): PolicyDocument {
  if (!document.Statement.some(({ Sid }) => Sid === sid)) throw new Error(`no statement ${sid}`);
  const Statement = document.Statement.flatMap((statement) =>
    statement.Sid === sid ? change(statement) : [statement],
  );
  return { ...document, Statement };
}

/** The document with one action taken from one statement; a statement without actions goes, too. */
export function without(document: PolicyDocument, sid: string, action: string): PolicyDocument {
  return withStatement(document, sid, (statement) => {
    const Action = statement.Action.filter((other) => other !== action);
    if (Action.length === statement.Action.length) throw new Error(`${sid} has no ${action}`);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  });
}

/** The document with the condition of one statement taken away. */
export function withoutCondition(document: PolicyDocument, sid: string): PolicyDocument {
  return withStatement(document, sid, ({ Condition, ...statement }) => {
    if (Condition === undefined) throw new Error(`${sid} has no condition`);
    return [statement];
  });
}
