import { NotModelled } from "./awsError";
import type { Ec2Services } from "./ec2/state";
import type { Queue } from "./sqs";
import { isoTime } from "../runtime/time";

/** An event before EventBridge gives it its envelope. */
export interface AwsEvent {
  source: string;
  detailType: string;
  resources: string[];
  detail: Record<string, unknown>;
}

export interface Rule {
  name: string;
  arn: string;
  /** Either of them: the JSON text of an event pattern, or a rate like `rate(1 minute)`. */
  eventPattern?: string;
  scheduleExpression?: string;
}

export interface Target {
  ruleName: string;
  queue: Queue;
  messageGroupId: string;
  undelivered?: Queue;
}

export interface EventBridgeServices extends Ec2Services {
  account: string;
  region: string;
}

/** EventBridge's default bus: rules by pattern or rate, and queues as their targets. */
export class EventBridge {
  private readonly rules: Rule[] = [];
  private readonly targets: Target[] = [];
  /** Tells which events are lost on their way; none unless a scenario says so. */
  loses: (event: AwsEvent) => boolean = () => false;

  constructor(private readonly services: EventBridgeServices) {}

  addRule(rule: Rule): void {
    this.rules.push(rule);
    if (rule.scheduleExpression === undefined) return;
    const intervalMs = parseRate(rule.scheduleExpression);
    const tick = () => {
      const detailType = "Scheduled Event";
      const event = { source: "aws.events", detailType, resources: [rule.arn], detail: {} };
      this.deliver(rule, event);
      this.services.clock.after(intervalMs, tick);
    };
    this.services.clock.after(intervalMs, tick);
  }

  addTarget(target: Target): void {
    this.targets.push(target);
  }

  emit(event: AwsEvent): void {
    const { source, detailType, detail } = event;
    const envelope = { source, "detail-type": detailType, detail };
    for (const rule of this.rules) {
      if (rule.eventPattern === undefined) continue;
      const pattern = JSON.parse(rule.eventPattern) as Pattern;
      if (matchesPattern(pattern, envelope)) this.deliver(rule, event);
    }
  }

  private deliver(rule: Rule, event: AwsEvent): void {
    const { clock, random, timings, journal, faults, account, region } = this.services;
    if (this.loses(event) || faults.strikes("eventLost")) {
      journal.write("aws", `event lost: ${event.detailType}`, { detail: event.detail });
      return;
    }
    const body = JSON.stringify({
      version: "0",
      id: random.uuid(),
      "detail-type": event.detailType,
      source: event.source,
      account,
      time: `${isoTime(clock.nowMs).slice(0, 19)}Z`,
      region,
      resources: event.resources,
      detail: event.detail,
    });
    for (const { ruleName, queue, messageGroupId, undelivered } of this.targets) {
      if (ruleName !== rule.name) continue;
      const send = () => {
        const admitted = [queue, undelivered].find((place) => place && admits(place, rule.arn));
        if (admitted === undefined)
          journal.write("aws", `event dropped: no queue admits ${rule.name}`);
        admitted?.send(body, messageGroupId);
      };
      const delayMs = random.between(timings.eventDelivery) + faults.delayMs("eventLate");
      clock.after(delayMs, send);
      const againMs = faults.delayMs("eventDoubled");
      if (againMs > 0) clock.after(random.between(timings.eventDelivery) + againMs, send);
    }
  }
}

interface Pattern {
  [key: string]: Pattern | unknown[];
}

/** Matches the kind of pattern that lists exact values, which is all that is modelled; of a list in the event, one suffices. */
export function matchesPattern(pattern: Pattern, event: Record<string, unknown>): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const found = event[key];
    if (!Array.isArray(wanted)) {
      return typeof found === "object" && found !== null
        ? matchesPattern(wanted, found as Record<string, unknown>)
        : false;
    }
    if (wanted.some((value) => typeof value === "object")) {
      throw new NotModelled(`the pattern ${JSON.stringify(wanted)} of ${key}`);
    }
    return [found].flat().some((value) => wanted.includes(value));
  });
}

/** Milliseconds of a rate like `rate(5 minutes)`. */
export function parseRate(expression: string): number {
  const minutes = /^rate\((1 minute|([2-9]|[1-9]\d+) minutes)\)$/.exec(expression)?.[1];
  if (minutes === undefined) throw new NotModelled(`the schedule ${expression}`);
  return Number.parseInt(minutes, 10) * 60_000;
}

interface Statement {
  Effect: string;
  Principal: { Service?: string };
  Action: string;
  Resource: string;
  Condition: { ArnEquals?: { "aws:SourceArn"?: string[] } };
}

/** Whether a queue's policy lets a rule send to it; EventBridge has no other right to. */
function admits(queue: Queue, ruleArn: string): boolean {
  const policy: unknown = JSON.parse(queue.options.policy ?? '{"Statement":[]}');
  return (policy as { Statement: Statement[] }).Statement.some(
    ({ Effect, Principal, Action, Resource, Condition }) =>
      Effect === "Allow" &&
      Principal.Service === "events.amazonaws.com" &&
      Action === "sqs:SendMessage" &&
      Resource === queue.options.arn &&
      Condition.ArnEquals?.["aws:SourceArn"]?.includes(ruleArn),
  );
}
