import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type Answer, bodyOf, type Damage, withoutContent } from "./answer";
import { type ApiAction, type ApiCall, EC2_VERSION, serviceOf } from "./apiAction";
import { AwsError, NotModelled } from "./awsError";
import type { Ec2Services } from "./ec2/state";
import { Query } from "./queryProtocol";
import type { RolePermissions } from "./iam";
import { Throttles } from "./throttle";
import { httpTime } from "../runtime/time";
import { type InFlightRequests, NUMBER_HEADER, STALLS_HEADER } from "../runtime/inFlight";

/** The number of requests from outside of the sandbox, whose time is not virtual. */
const FOREIGN_NUMBER = 0;

export interface QueryServerServices extends Ec2Services {
  inFlight: InFlightRequests;
  /** By the API's version, which tells EC2 from Auto Scaling. */
  actions: Map<string, Map<string, ApiAction>>;
  rights: RolePermissions;
  /** Ends the process of the function, whatever it is doing. */
  killFunction: () => void;
  /** Lets it stand still for so long. */
  freezeFunction: (ms: number) => void;
  /** Lets an answer reach it, once it doesn't stand still any more and has computed for so long. */
  resumeFunction: (run: () => void, workMs: number) => void;
  /** How long the function computes to read what an answer holds. */
  readingMs: (content: object) => number;
  fail: (error: Error) => void;
}

/** Judges a call before it is carried out; what it gives is called once AWS has done it. */
export type Judge = (action: string, parameters: Record<string, string>) => () => void;

interface Request {
  version: string;
  name: string;
  mutates: boolean;
}

interface Arrival {
  number: number;
  body: string;
  response: http.ServerResponse;
}

/** AWS's side of the wire: answers the SDK's HTTP requests on loopback, in virtual time. */
export class QueryServer {
  private readonly server: http.Server;
  private arrivals: Arrival[] = [];
  private readonly judges: Judge[] = [];
  private readonly throttles: Throttles;

  constructor(private readonly services: QueryServerServices) {
    this.throttles = new Throttles(services.clock);
    this.server = http.createServer((request, response) => {
      void text(request).then((body) => {
        const number = Number(request.headers[NUMBER_HEADER] ?? FOREIGN_NUMBER);
        this.arrivals.push({ number, body, response });
        services.inFlight.arrives(number);
      });
    });
  }

  /** Lets every authorised call be judged. */
  onCall(judge: Judge): void {
    this.judges.push(judge);
  }

  /** @returns the address for `AWS_ENDPOINT_URL` */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, "127.0.0.1", resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  /** Takes in what has arrived, in the order in which it was sent, whatever the sockets made of it. */
  accept(): void {
    const arrivals = this.arrivals.sort((a, b) => a.number - b.number);
    this.arrivals = [];
    for (const arrival of arrivals) this.acceptOne(arrival);
  }

  private acceptOne({ number, body, response }: Arrival): void {
    const isForeign = number === FOREIGN_NUMBER;
    const { resumeFunction, inFlight } = this.services;
    this.receive(body, isForeign, (answer) => {
      if (isForeign) this.write(answer, response);
      else
        resumeFunction(() => {
          inFlight.returns(number);
          this.write(answer, response);
        }, answer.readingMs);
    });
  }

  private write(answer: Answer, response: http.ServerResponse): void {
    const isStalled = answer.damage === "stalls";
    response.writeHead(answer.status, {
      "content-type": "text/xml",
      date: httpTime(this.services.clock.nowMs),
      ...(isStalled && { [STALLS_HEADER]: "true" }),
    });
    response.write(bodyOf(answer));
    if (!isStalled) response.end();
  }

  /**
   * Takes in one request of the query protocol.
   *
   * @param isForeign whether it comes from outside of the function, where nothing goes wrong
   * @param reply gets the answer, unless none comes
   */
  receive(body: string, isForeign: boolean, reply: (answer: Answer) => void): void {
    const { clock, random, timings } = this.services;
    const query = Query.parse(body);
    const request = { version: query.text("Version"), name: query.text("Action") };
    const { version, name } = request;
    try {
      const action = this.services.actions.get(version)?.get(name);
      if (action === undefined) throw new NotModelled(`action ${name} of version ${version}`);
      const call = action.read(query);
      query.end();
      const { mutates } = action;
      // A call is judged by the world it was made in, also if it is carried out late.
      const parameters = Object.fromEntries(new URLSearchParams(body));
      const isFirstPage = !("NextToken" in parameters);
      const verdicts = this.judges.map((judge) => judge(name, parameters));
      clock.after(random.between(mutates ? timings.writeCall : timings.readCall), async () => {
        const carryOut = () => this.carryOut({ ...request, mutates }, call, verdicts);
        const answer = isForeign
          ? await carryOut()
          : await this.meetFaults({ ...request, mutates, isFirstPage }, carryOut);
        if (answer !== undefined) reply(answer);
      });
    } catch (error) {
      const refused = this.refusal(request, error);
      clock.after(random.between(timings.readCall), () => {
        reply(refused);
      });
    }
  }

  /**
   * Carries a call out as far as the faults of the moment let it.
   *
   * @returns the answer, unless none comes
   */
  private async meetFaults(
    request: Request & { isFirstPage: boolean },
    carryOut: () => Promise<Answer>,
  ): Promise<Answer | undefined> {
    const { clock, faults, journal, killFunction, freezeFunction } = this.services;
    const { version, name, mutates } = request;
    const refuse = (error: AwsError): Answer => {
      journal.write("call", `${name}: ${error.code}`, { action: name, mutates, code: error.code });
      return this.refusal(request, error);
    };
    if (!this.hasToken(request) || faults.strikes("throttled")) return refuse(throttled(version));
    if (faults.strikes("callFails")) return refuse(this.serverError(version));
    if (faults.strikes("rightsTaken")) return refuse(notAuthorised(version));
    const frozenMs = faults.delayMs("functionFrozen");
    if (frozenMs > 0) freezeFunction(frozenMs);
    const isKilled = faults.strikes("functionKilled");
    if (isKilled && faults.coin()) {
      killFunction();
      return undefined;
    }
    const lateMs = mutates ? faults.delayMs("callLate") : 0;
    if (lateMs > 0) {
      clock.after(lateMs, async () => {
        await carryOut();
      });
      return undefined;
    }
    const answer = await carryOut();
    if (isKilled) killFunction();
    if (isKilled || faults.strikes("answerLost")) return undefined;
    if (faults.strikes("callLies")) return this.refusal(request, this.serverError(version));
    return answer.refusal === undefined ? this.harm(answer, request.isFirstPage) : answer;
  }

  /** What becomes of an answer on its way. */
  private harm(answer: Answer, isFirstPage: boolean): Answer {
    const { faults, journal } = this.services;
    const damage = this.damageOfMoment();
    if (damage !== undefined || !isFirstPage || !faults.empties(answer.name)) {
      return { ...answer, damage };
    }
    journal.write("aws", `${answer.name} shows nothing`);
    return withoutContent(answer);
  }

  /** How the body of an answer comes to harm, if it does. */
  private damageOfMoment(): Damage | undefined {
    const { faults } = this.services;
    if (faults.strikes("bodyStalls")) return "stalls";
    if (faults.strikes("answerIsNoXml")) return faults.coin() ? "isHtml" : "isEmpty";
    return faults.strikes("answerCutOff") ? "isCutOff" : undefined;
  }

  /** The limits of Auto Scaling are not published. */
  private hasToken({ version, name, mutates }: Request): boolean {
    return version !== EC2_VERSION || this.throttles.take(name, mutates);
  }

  /** What AWS says when it fails: that something broke, or that it is overloaded. */
  private serverError(version: string): AwsError {
    const isEc2 = version === EC2_VERSION;
    if (this.services.faults.coin()) {
      const code = isEc2 ? "InternalError" : "InternalFailure";
      return new AwsError(code, "An internal error has occurred", 500);
    }
    const code = isEc2 ? "Unavailable" : "ServiceUnavailable";
    return new AwsError(code, "The server is overloaded and can't handle the request.", 503);
  }

  private async carryOut(
    request: Request,
    call: ApiCall,
    verdicts: (() => void)[],
  ): Promise<Answer> {
    const { journal, rights } = this.services;
    const { version, name, mutates } = request;
    const facts = { action: name, mutates };
    try {
      const isAllowed = await rights.allow(`${serviceOf(version)}:${name}`, call.resources());
      const { besides } = call;
      const isAllowedBesides =
        besides === undefined || (await rights.allow(besides.action, besides.resources));
      if (!isAllowed || !isAllowedBesides) throw notAuthorised(version);
      const content = call.run();
      for (const pronounce of verdicts) pronounce();
      journal.write("call", `${name} ${call.subject}`, facts);
      const readingMs = this.services.readingMs(content);
      return { version, name, status: 200, content, readingMs };
    } catch (error) {
      const code = error instanceof AwsError ? error.code : String(error);
      journal.write("call", `${name} ${call.subject}: ${code}`, { ...facts, code });
      return this.refusal(request, error);
    }
  }

  private refusal({ version, name }: Omit<Request, "mutates">, error: unknown): Answer {
    const common = { version, name, content: {}, readingMs: 0 };
    if (error instanceof AwsError) return { ...common, status: error.status, refusal: error };
    const failure = error instanceof Error ? error : new Error(String(error));
    this.services.fail(failure);
    const refusal = { code: "NotModelled", message: `${name}: ${failure.message}` };
    return { ...common, status: 501, refusal };
  }
}

function throttled(version: string): AwsError {
  return version === EC2_VERSION
    ? new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503)
    : new AwsError("Throttling", "Rate exceeded", 400);
}

function notAuthorised(version: string): AwsError {
  return version === EC2_VERSION
    ? new AwsError(
        "UnauthorizedOperation",
        "You are not authorized to perform this operation.",
        403,
      )
    : new AwsError("AccessDenied", "User is not authorized to perform this action.", 403);
}
