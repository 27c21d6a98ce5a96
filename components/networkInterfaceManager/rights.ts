import type * as aws from "@pulumi/aws";
import { MADE_FOR_TAG_KEY } from "../../handler/names";
import { isKnown } from "../mistakes";
import type { OnDemandPlace } from "./pools";

/** What the manager's rights are limited to. */
export interface RightsScope {
  tagKey: string;
  /** The names of pools, on interfaces; absent: every pool with the tag key. */
  pools?: string[];
  /** The values of the pool tag, on instances and groups; absent: the names. */
  poolTags?: string[];
  /** Absent: no interface may be made. */
  onDemand?: OnDemandRights;
  /** The queue's ARN, which also tells partition, Region and account of everything else. */
  queueArn: string;
  logGroupArn: string;
}

type Condition = Record<string, Record<string, string | string[]>>;

/** What interfaces may be made, and with what. */
export interface OnDemandRights {
  pools: string[];
  /** The ARNs of subnets and security groups. */
  madeOf: string[];
}

/** Gathers what the pools that are filled on demand need. */
export function onDemandRightsOf(places: OnDemandPlace[]): OnDemandRights {
  const arns = [
    ...places.flatMap(({ subnets }) => subnets),
    ...places.flatMap(({ securityGroups }) => securityGroups),
  ].map(({ arn }) => arn);
  // In a preview a provider that isn't configured yet knows none.
  return { pools: places.map(({ name }) => name), madeOf: [...new Set(arns)].filter(isKnown) };
}

/**
 * The manager's whole policy. Attaching and detaching is authorised on the interface and on the
 * instance, so each has a statement of its own, and both demand the pool tag; the manager can't write
 * that tag. Describe calls know no narrower resource than `*` (Service Authorization Reference).
 */
export function rightsOf(scope: RightsScope): aws.iam.PolicyDocument {
  const { tagKey, pools, poolTags = pools, queueArn, logGroupArn, onDemand } = scope;
  const [, partition, , region, account] = queueArn.split(":");
  const ec2Arn = (resource: string) => `arn:${partition}:ec2:${region}:${account}:${resource}`;
  const ofPools = tagCondition(`aws:ResourceTag/${tagKey}`, pools);
  const withPoolTags = tagCondition(`aws:ResourceTag/${tagKey}`, poolTags);
  const moves = ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Observe",
        Effect: "Allow",
        Action: [
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeInstances",
          "ec2:DescribeInstanceTypes",
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeWarmPool",
        ],
        Resource: "*",
      },
      {
        Sid: "MoveInterfacesOfPools",
        Effect: "Allow",
        Action: moves,
        Resource: ec2Arn("network-interface/*"),
        Condition: ofPools,
      },
      {
        Sid: "OnInstancesOfPools",
        Effect: "Allow",
        Action: moves,
        Resource: ec2Arn("instance/*"),
        Condition: withPoolTags,
      },
      {
        Sid: "AnswerLifecycleActionsOfPools",
        Effect: "Allow",
        Action: [
          "autoscaling:CompleteLifecycleAction",
          "autoscaling:RecordLifecycleActionHeartbeat",
        ],
        Resource: `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*`,
        Condition: withPoolTags,
      },
      ...(onDemand === undefined || onDemand.pools.length === 0
        ? []
        : statementsOnDemand(tagKey, onDemand, withPoolTags, ec2Arn)),
      {
        Sid: "ReceiveEvents",
        Effect: "Allow",
        Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        Resource: queueArn,
      },
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: `${logGroupArn}:*`,
      },
    ],
  };
}

/**
 * Interfaces are made in these subnets with these security groups and the tag of their pool, which can be
 * given at no other time. Only what was so made is changed or deleted; to change its security groups takes
 * a right on those, too, which isn't given (Service Authorization Reference).
 */
function statementsOnDemand(
  tagKey: string,
  { pools, madeOf }: OnDemandRights,
  withPoolTags: Condition,
  ec2Arn: (resource: string) => string,
): aws.iam.PolicyStatement[] {
  const interfaces = ec2Arn("network-interface/*");
  const withTag = tagCondition(`aws:RequestTag/${tagKey}`, pools);
  const ofPools = tagCondition(`aws:ResourceTag/${tagKey}`, pools);
  const madeOnDemand = { ...ofPools, Null: { [`aws:ResourceTag/${MADE_FOR_TAG_KEY}`]: "false" } };
  return [
    {
      Sid: "MakeInterfacesOnDemand",
      Effect: "Allow",
      Action: "ec2:CreateNetworkInterface",
      Resource: interfaces,
      Condition: withTag,
    },
    {
      Sid: "MakeThemOfThese",
      Effect: "Allow",
      Action: "ec2:CreateNetworkInterface",
      Resource: madeOf,
    },
    {
      Sid: "TagThemAsTheyAreMade",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: interfaces,
      Condition: {
        StringEquals: { ...withTag.StringEquals, "ec2:CreateAction": "CreateNetworkInterface" },
        "ForAllValues:StringEquals": { "aws:TagKeys": [tagKey, MADE_FOR_TAG_KEY, "Name"] },
      },
    },
    {
      Sid: "LetThemEndWithTheirInstance",
      Effect: "Allow",
      Action: "ec2:ModifyNetworkInterfaceAttribute",
      Resource: interfaces,
      Condition: madeOnDemand,
    },
    {
      Sid: "OnTheirInstance",
      Effect: "Allow",
      Action: "ec2:ModifyNetworkInterfaceAttribute",
      Resource: ec2Arn("instance/*"),
      Condition: withPoolTags,
    },
    {
      Sid: "DeleteThemUnused",
      Effect: "Allow",
      Action: "ec2:DeleteNetworkInterface",
      Resource: interfaces,
      Condition: madeOnDemand,
    },
  ];
}

function tagCondition(key: string, values: string[] | undefined): Condition {
  if (values === undefined) return { Null: { [key]: "false" } };
  // IAM replaces ${...} in values; ${$} is how it writes a dollar sign.
  return { StringEquals: { [key]: values.map((value) => value.replaceAll("$", "${$}")) } };
}
