import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WhenExhausted } from "../../handler/names";
import { under } from "../mistakes";
import { dependOnChecks, passChecks } from "../refusals";
import { checkLimits } from "./limits";
import {
  checkSecurityGroupsOf,
  lookUpPlaces,
  type ManagedPool,
  type OnDemandPlace,
  type Scope,
} from "./pools";
import { onDemandRightsOf, rightsOf } from "./rights";

export interface RoleArgs {
  scope: Scope;
  /** The manager's argument. */
  pools: (string | ManagedPool)[];
  whenExhausted: WhenExhausted;
  queue: aws.sqs.Queue;
  logGroup: aws.cloudwatch.LogGroup;
}

export interface ManagerRole {
  role: aws.iam.Role;
  rolePolicy: aws.iam.RolePolicy;
  /** The JSON text of the policy. */
  policy: pulumi.Output<string>;
  /** What pools on demand are made of, once all of it could be read. */
  places: pulumi.Output<OnDemandPlace[]>;
}

/** Creates the function's role, and its policy once all that the policy names is known and fits. */
export function createRole(
  name: string,
  { scope, pools, whenExhausted, queue, logGroup }: RoleArgs,
  component: pulumi.ComponentResource,
): ManagerRole {
  const parent = { parent: component };
  const role = new aws.iam.Role(
    name,
    {
      description: "Network interface manager",
      assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
    },
    parent,
  );
  const looks = lookUpPlaces(pools, parent);
  const areRead = passChecks(component, [looks.apply(({ mistakes }) => under("pools", mistakes))]);
  const places = pulumi.all([looks, areRead]).apply(([shown]) => shown.places);
  const checked = dependOnChecks(component, role, [
    checkSecurityGroupsOf(pools).apply((mistakes) => under("pools", mistakes)),
  ]);
  const policy = pulumi
    .all([queue.arn, logGroup.arn, places.apply(onDemandRightsOf)])
    .apply(([queueArn, logGroupArn, onDemand]) =>
      JSON.stringify(rightsOf({ ...scope, queueArn, logGroupArn, onDemand })),
    );
  const fits = dependOnChecks(component, role, [
    pulumi
      .all([policy, places])
      .apply(([text, known]) => checkLimits(text, scope, whenExhausted, known)),
  ]);
  const rolePolicy = new aws.iam.RolePolicy(
    name,
    { role: role.id, policy },
    { ...parent, dependsOn: [checked, fits] },
  );
  return { role, rolePolicy, policy, places };
}
