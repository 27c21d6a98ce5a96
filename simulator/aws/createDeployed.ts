import type { AutoScaling } from "./autoscaling/autoScaling";
import type { LifecycleHook, RefreshPreferences, Transition } from "./autoscaling/group";
import { NotModelled } from "./awsError";
import {
  ACCOUNT,
  type DeployedResource,
  type Deployment,
  resourcesOfType,
  subnetById,
} from "../deploy/engine";
import type { Tags } from "./ec2/state";
import type { EventBridge, Rule } from "./eventBridge";
import type { Clock } from "../runtime/clock";
import { EventSourceMapping, LambdaFunction, type LambdaServices } from "../runtime/lambda";
import { RolePermissions } from "./iam";
import { Queue } from "./sqs";
import type { Journal } from "../views/journal";

const DEFAULT_VISIBILITY_TIMEOUT_SECONDS = 30;

type Fields = Record<string, unknown>;

/** The queues by ARN, with their policies and the queues of their dead letters. */
export function createQueues(deployment: Deployment, clock: Clock): Map<string, Queue> {
  const queues = new Map<string, Queue>();
  const policies = resourcesOfType(deployment, "aws:sqs/queuePolicy:QueuePolicy");
  const resources = resourcesOfType(deployment, "aws:sqs/queue:Queue");
  for (const { id: url, inputs, outputs } of resources) {
    const arn = String(outputs.arn);
    const policy = policies.find((candidate) => candidate.inputs.queueUrl === url);
    const visibility = inputs.visibilityTimeoutSeconds ?? DEFAULT_VISIBILITY_TIMEOUT_SECONDS;
    const options = { arn, url, visibilityTimeoutSeconds: Number(visibility) };
    const text = policy && String(policy.inputs.policy);
    queues.set(arn, new Queue({ ...options, policy: text }, clock));
  }
  for (const { inputs, outputs } of resources) {
    if (inputs.redrivePolicy === undefined) continue;
    const redrive = JSON.parse(inputs.redrivePolicy as string) as Fields;
    const queue = queueByArn(queues, redrive.deadLetterTargetArn);
    const maxReceiveCount = Number(redrive.maxReceiveCount);
    queueByArn(queues, outputs.arn).options.deadLetters = { queue, maxReceiveCount };
  }
  return queues;
}

function queueByArn(queues: Map<string, Queue>, arn: unknown): Queue {
  const queue = queues.get(String(arn));
  if (queue === undefined) throw new NotModelled(`the target ${String(arn)}, which is no queue`);
  return queue;
}

/** Gives the bus the rules and their targets. */
export function createRules(
  deployment: Deployment,
  eventBridge: EventBridge,
  queues: Map<string, Queue>,
): void {
  const rules = resourcesOfType(deployment, "aws:cloudwatch/eventRule:EventRule");
  for (const { inputs, outputs } of rules) {
    const { eventPattern, scheduleExpression } = inputs as Partial<Rule>;
    const { name, arn } = outputs as Pick<Rule, "name" | "arn">;
    eventBridge.addRule({ name, arn, eventPattern, scheduleExpression });
  }
  const targets = resourcesOfType(deployment, "aws:cloudwatch/eventTarget:EventTarget");
  for (const { inputs } of targets) {
    const { messageGroupId } = inputs.sqsTarget as { messageGroupId: string };
    const undelivered = inputs.deadLetterConfig as { arn: string } | undefined;
    eventBridge.addTarget({
      ruleName: String(inputs.rule),
      queue: queueByArn(queues, inputs.arn),
      messageGroupId,
      undelivered: undelivered && queueByArn(queues, undelivered.arn),
    });
  }
}

/** What the roles of the functions may do, together: who calls is told by nothing. */
export function permissionsOfFunctions(deployment: Deployment): RolePermissions {
  const functions = resourcesOfType(deployment, "aws:lambda/function:Function");
  const roles = resourcesOfType(deployment, "aws:iam/role:Role").filter(({ outputs }) =>
    functions.some(({ inputs }) => inputs.role === outputs.arn),
  );
  const policies = resourcesOfType(deployment, "aws:iam/rolePolicy:RolePolicy")
    .filter(({ inputs }) => roles.some(({ id }) => id === inputs.role))
    .map(({ inputs }) => String(inputs.policy));
  return new RolePermissions(ACCOUNT, policies);
}

interface FunctionServices extends LambdaServices {
  queues: Map<string, Queue>;
  permissions: RolePermissions;
  /** Where the function finds EC2 and Auto Scaling. */
  endpoint: string;
}

/** The functions of the managers, to which the queues hand their batches. */
export function createFunctions(
  deployment: Deployment,
  services: FunctionServices,
): LambdaFunction[] {
  const functions = resourcesOfType(deployment, "aws:lambda/function:Function");
  return functions.map((resource) => createFunction(resource, deployment, services));
}

function createFunction(
  { inputs, outputs }: DeployedResource,
  deployment: Deployment,
  services: FunctionServices,
): LambdaFunction {
  const { queues, permissions, endpoint } = services;
  const { region, archive } = deployment;
  const { variables } = inputs.environment as { variables: Record<string, string> };
  const options = {
    name: String(outputs.name),
    handler: String(inputs.handler),
    archive,
    environment: {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: "AKIASIMULATED",
      AWS_SECRET_ACCESS_KEY: "simulated",
      AWS_ENDPOINT_URL: endpoint,
      ...variables,
    },
    timeoutSeconds: Number(inputs.timeout),
    memoryMb: Number(inputs.memorySize),
  };
  const lambda = new LambdaFunction(options, services);
  const type = "aws:lambda/eventSourceMapping:EventSourceMapping";
  for (const mapping of resourcesOfType(deployment, type)) {
    if (mapping.inputs.functionName !== outputs.arn) continue;
    const queue = queueByArn(queues, mapping.inputs.eventSourceArn);
    const batchSize = Number(mapping.inputs.batchSize);
    new EventSourceMapping(queue, lambda, { batchSize, rights: permissions, region }, services);
  }
  return lambda;
}

/** Has the functions do what the program asks of them as soon as they are deployed; a failure isn't tried again. */
export function invokeDeployed(
  deployment: Deployment,
  lambdas: LambdaFunction[],
  journal: Journal,
): void {
  const functions = resourcesOfType(deployment, "aws:lambda/function:Function");
  const type = "aws:lambda/invocation:Invocation";
  for (const { name, inputs } of resourcesOfType(deployment, type)) {
    const { functionName } = inputs;
    const meant = functions.find(({ outputs }) =>
      [outputs.name, outputs.arn].includes(functionName),
    );
    const lambda = lambdas.find(({ options }) => options.name === meant?.outputs.name);
    if (lambda === undefined) throw new NotModelled(`an invocation of ${String(functionName)}`);
    lambda.invoke(JSON.parse(String(inputs.input)), (worked) => {
      const outcome = worked ? "was answered" : "failed, and with it the deployment";
      journal.write("aws", `the invocation ${name} ${outcome}`);
    });
  }
}

/** Creates the Auto Scaling groups, which begin to launch at once. */
export function createGroups(deployment: Deployment, autoScaling: AutoScaling): void {
  const templates = resourcesOfType(deployment, "aws:ec2/launchTemplate:LaunchTemplate");
  for (const { inputs, outputs } of resourcesOfType(deployment, "aws:autoscaling/group:Group")) {
    const { id } = inputs.launchTemplate as { id: string };
    const template = templates.find((candidate) => candidate.id === id);
    const subnetIds = inputs.vpcZoneIdentifiers as string[];
    const tags = inputs.tags as { key: string; value: string; propagateAtLaunch: boolean }[];
    const toTags = (list: typeof tags): Tags =>
      Object.fromEntries(list.map(({ key, value }) => [key, value]));
    autoScaling.createGroup({
      name: String(outputs.name),
      arn: String(outputs.arn),
      subnets: subnetIds.map((subnetId) => subnetById(deployment, subnetId)),
      minSize: Number(inputs.minSize),
      maxSize: Number(inputs.maxSize),
      desiredCapacity: Number(inputs.desiredCapacity),
      instanceType: String(template?.inputs.instanceType),
      tags: toTags(tags),
      propagatedTags: toTags(tags.filter(({ propagateAtLaunch }) => propagateAtLaunch)),
      hooks: (inputs.initialLifecycleHooks as Fields[]).map((hook) => toHook(hook)),
      refreshPreferences: toRefreshPreferences(inputs),
    });
  }
}

function toRefreshPreferences({
  instanceRefresh,
  healthCheckGracePeriod,
}: Fields): RefreshPreferences | undefined {
  const { preferences } = (instanceRefresh ?? {}) as { preferences?: Fields };
  if (preferences === undefined) return undefined;
  return {
    minHealthyPercentage: Number(preferences.minHealthyPercentage),
    maxHealthyPercentage: Number(preferences.maxHealthyPercentage),
    instanceWarmupSeconds: Number(preferences.instanceWarmup ?? healthCheckGracePeriod),
  };
}

function toHook(hook: Fields): LifecycleHook {
  return {
    name: String(hook.name),
    transition: hook.lifecycleTransition as Transition,
    heartbeatTimeoutSeconds: Number(hook.heartbeatTimeout),
    defaultResult: String(hook.defaultResult),
  };
}
