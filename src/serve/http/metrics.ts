/** What Prometheus reads at /metrics: load, tokens, calls and times, beside Node's own. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { CallRecord, Scheduler } from '../scheduler.js';

/** Counts for one server. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = this.counter('requests_total', 'Answers to requests for text', [
    'endpoint',
    'status',
  ]);
  private readonly promptTokens = this.counter(
    'prompt_tokens_total',
    'Tokens of prompts of texts that have ended',
  );
  private readonly textTokens = this.counter('completion_tokens_total', 'Tokens of texts that have ended');
  private readonly calls = this.counter('calls_total', 'Calls of the engine');
  private readonly callTokens = this.counter('call_tokens_total', 'Tokens of these calls');
  private readonly drafts = this.counter('drafts_total', 'Tokens that were drafted');
  private readonly accepted = this.counter('drafts_accepted_total', 'Drafts that were right');
  private readonly seconds = this.histogram('request_seconds', 'From a request to the end of its answer');
  private readonly firstSeconds = this.histogram('first_text_seconds', 'From a request to its first text');

  constructor(load: () => Pick<Scheduler, 'queued' | 'running'>) {
    const { registry } = this;
    collectDefaultMetrics({ register: registry });
    const gauge = (name: string, help: string, value: () => number) =>
      new Gauge({
        ...{ name: `fastmamba_${name}`, help, registers: [registry] },
        collect() {
          this.set(value());
        },
      });
    gauge('texts_queued', 'Texts that wait for a slot', () => load().queued);
    gauge('texts_running', 'Texts that have a slot', () => load().running);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  called({ tokens, drafts, accepted }: CallRecord): void {
    this.calls.inc();
    this.callTokens.inc(tokens);
    this.drafts.inc(drafts);
    this.accepted.inc(accepted);
  }

  answered(endpoint: string, status: number): void {
    this.requests.inc({ endpoint, status: `${status}` });
  }

  firstText(seconds: number): void {
    this.firstSeconds.observe(seconds);
  }

  ended(seconds: number, promptTokens: number, textTokens: number): void {
    this.seconds.observe(seconds);
    this.promptTokens.inc(promptTokens);
    this.textTokens.inc(textTokens);
  }

  private counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name: `fastmamba_${name}`, help, labelNames, registers: [this.registry] });
  }

  private histogram(name: string, help: string): Histogram {
    const buckets = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300];
    return new Histogram({ name: `fastmamba_${name}`, help, buckets, registers: [this.registry] });
  }
}
