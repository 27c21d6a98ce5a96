import assert from "node:assert/strict";
import {
  onDemandRightsOf,
  rightsOf,
  type RightsScope,
} from "../../../components/networkInterfaceManager/rights";

const QUEUE_ARN = "arn:aws:sqs:eu-west-1:111122223333:events";
const LOG_GROUP_ARN = "arn:aws:logs:eu-west-1:111122223333:log-group:manager";
const INTERFACES = "arn:aws:ec2:eu-west-1:111122223333:network-interface/*";
const INSTANCES = "arn:aws:ec2:eu-west-1:111122223333:instance/*";
const GROUPS = "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:*";
const MOVES = ["ec2:AttachNetworkInterface", "ec2:DetachNetworkInterface"];

type Text = string | string[];
type Statement = Record<string, unknown>;

const allow = (Sid: string, Action: Text, Resource: Text, Condition?: object): Statement => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});

/** As IAM reads it: JSON. */
function statementsOf(changes: Partial<RightsScope>): Statement[] {
  const scope = { tagKey: "team:pool", queueArn: QUEUE_ARN, logGroupArn: LOG_GROUP_ARN };
  const document = JSON.parse(JSON.stringify(rightsOf({ ...scope, ...changes }))) as Statement;
  assert.equal(document.Version, "2012-10-17");
  return document.Statement as Statement[];
}

const tagged = (values: string[], key = "aws:ResourceTag/team:pool") => ({
  StringEquals: { [key]: values },
});

/** The statements of every manager, with these conditions on interfaces, and on instances and groups. */
const always = (onInterfaces: object, onInstances = onInterfaces): Statement[] => [
  allow(
    "Observe",
    [
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeInstances",
      "ec2:DescribeInstanceTypes",
      "autoscaling:DescribeAutoScalingGroups",
      "autoscaling:DescribeWarmPool",
    ],
    "*",
  ),
  allow("MoveInterfacesOfPools", MOVES, INTERFACES, onInterfaces),
  allow("OnInstancesOfPools", MOVES, INSTANCES, onInstances),
  allow(
    "AnswerLifecycleActionsOfPools",
    ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
    GROUPS,
    onInstances,
  ),
  allow(
    "ReceiveEvents",
    ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    QUEUE_ARN,
  ),
  allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], `${LOG_GROUP_ARN}:*`),
];

describe("rightsOf", () => {
  const pools = ["licence", "second", "${third}"];

  it("gives exactly the calls that the manager makes, each on no more than it needs", () => {
    const names = ["licence", "cluster"];
    assert.deepEqual(statementsOf({ pools: names }), always(tagged(names)));
  });

  it("demands the tag key alone when no pools are named", () => {
    const hasKey = { Null: { "aws:ResourceTag/team:pool": "false" } };
    assert.deepEqual(statementsOf({}), always(hasKey));
  });

  it("keeps IAM from reading a variable in a pool's name", () => {
    // StringEquals knows no wildcards, so that these need no care.
    const condition = tagged(["${$}{aws:username}-${$}${$}", "web*?"]);
    assert.deepEqual(statementsOf({ pools: ["${aws:username}-$$", "web*?"] }), always(condition));
  });

  it("stays within the queue's partition, Region and account", () => {
    const queueArn = "arn:aws-cn:sqs:cn-north-1:444455556666:events";
    const resources = statementsOf({ queueArn }).map(({ Resource }) => Resource);
    assert.deepEqual(resources, [
      "*",
      "arn:aws-cn:ec2:cn-north-1:444455556666:network-interface/*",
      "arn:aws-cn:ec2:cn-north-1:444455556666:instance/*",
      "arn:aws-cn:autoscaling:cn-north-1:444455556666:autoScalingGroup:*",
      queueArn,
      `${LOG_GROUP_ARN}:*`,
    ]);
  });

  it("names pools on interfaces, and whole values of a tag with several on instances and groups", () => {
    const poolTags = ["licence", "data,management"];
    const names = ["licence", "data", "management"];
    const statements = statementsOf({ pools: names, poolTags });
    assert.deepEqual(statements, always(tagged(names), tagged(poolTags)));
  });

  it("lets interfaces on demand be made of these alone, tagged as they are made, changed and deleted", () => {
    const madeOf = [
      "arn:aws:ec2:eu-west-1:444455556666:subnet/subnet-shared",
      "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1",
    ];
    const onDemand = { pools: ["second", "${third}"], madeOf };
    const poolTags = ["licence,second", "${third}"];
    const names = ["second", "${$}{third}"];
    const ofInstances = tagged(["licence,second", "${$}{third}"]);
    const withTag = tagged(names, "aws:RequestTag/team:pool");
    const made = {
      ...tagged(names),
      Null: { "aws:ResourceTag/network-interface-pool-made-for": "false" },
    };
    const change = "ec2:ModifyNetworkInterfaceAttribute";
    const whole = always(tagged(["licence", ...names]), ofInstances);
    assert.deepEqual(statementsOf({ pools, poolTags, onDemand }), [
      ...whole.slice(0, 4),
      allow("MakeInterfacesOnDemand", "ec2:CreateNetworkInterface", INTERFACES, withTag),
      allow("MakeThemOfThese", "ec2:CreateNetworkInterface", madeOf),
      allow("TagThemAsTheyAreMade", "ec2:CreateTags", INTERFACES, {
        StringEquals: { ...withTag.StringEquals, "ec2:CreateAction": "CreateNetworkInterface" },
        "ForAllValues:StringEquals": {
          "aws:TagKeys": ["team:pool", "network-interface-pool-made-for", "Name"],
        },
      }),
      allow("LetThemEndWithTheirInstance", change, INTERFACES, made),
      allow("OnTheirInstance", change, INSTANCES, ofInstances),
      allow("DeleteThemUnused", "ec2:DeleteNetworkInterface", INTERFACES, made),
      ...whole.slice(-2),
    ]);
  });

  it("lets none be made where no pool is filled so", () => {
    const onDemand = { pools: [], madeOf: [] };
    assert.deepEqual(statementsOf({ pools, onDemand }), statementsOf({ pools }));
  });
});

describe("onDemandRightsOf", () => {
  const subnet = (id: string) => ({ id, arn: `arn-of-${id}`, availabilityZone: "eu-west-1a" });
  const securityGroup = (id: string) => ({ id, arn: `arn-of-${id}` });

  it("gathers the pools that are filled on demand, their subnets and groups, each once", () => {
    const second = {
      name: "second",
      subnets: [subnet("subnet-a"), subnet("subnet-b")],
      securityGroups: [securityGroup("sg-1")],
    };
    const third = {
      name: "third",
      subnets: [subnet("subnet-b")],
      securityGroups: [securityGroup("sg-2"), securityGroup("sg-1")],
    };
    assert.deepEqual(onDemandRightsOf([second, third]), {
      pools: ["second", "third"],
      madeOf: ["arn-of-subnet-a", "arn-of-subnet-b", "arn-of-sg-1", "arn-of-sg-2"],
    });
  });

  it("gathers nothing where none is", () => {
    assert.deepEqual(onDemandRightsOf([]), { pools: [], madeOf: [] });
  });
});
