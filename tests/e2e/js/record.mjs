// SPDX-License-Identifier: GPL-3.0-or-later
// Records one of each instrument with the OpenTelemetry SDK and exports once.
//   node record.mjs grpc|proto|json ENDPOINT
import { metrics } from '@opentelemetry/api';
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPMetricExporter as ProtoExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { Resource } from '@opentelemetry/resources';
import {
  Aggregation, InstrumentType, MeterProvider, PeriodicExportingMetricReader, View,
} from '@opentelemetry/sdk-metrics';

const [protocol, endpoint] = process.argv.slice(2);
const exporter = {
  grpc: () => new GrpcExporter({ url: `http://${endpoint}` }),
  proto: () => new ProtoExporter({ url: `http://${endpoint}/v1/metrics` }),
  json: () => new JsonExporter({ url: `http://${endpoint}/v1/metrics` }),
}[protocol]();

const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3600_000 });
const provider = new MeterProvider({
  readers: [reader],
  resource: new Resource({
    'service.name': 'basket', 'service.namespace': 'shop', 'service.instance.id': 'basket-1',
    'process.pid': 4711, 'build.debug': false, 'build.ratio': 0.5, 'host.ip': ['10.0.0.1', '::1'],
  }),
  views: [new View({
    instrumentName: 'payload.size', instrumentType: InstrumentType.HISTOGRAM,
    aggregation: Aggregation.ExponentialHistogram(),
  })],
});
metrics.setGlobalMeterProvider(provider);

const meter = metrics.getMeter('basket/meter', '1.2.3');
meter.createGauge('room.temperature', { unit: 'Cel', description: 'Temperature of the room.' })
  .record(21.5, { room: 'kitchen' });
const items = meter.createUpDownCounter('basket.items', { unit: '{item}', description: 'Items in baskets.' });
items.add(5, { tier: 'gold' });
items.add(-2, { tier: 'gold' });
const orders = meter.createCounter('orders.placed', { description: 'Orders placed.' });
orders.add(40, { channel: 'web' });
orders.add(2, { channel: 'web' });
orders.add(9007199254740991, { channel: 'bulk' });
meter.createCounter('bytes.sent', { unit: 'By', description: 'Bytes sent.' }).add(1536.25);
const latency = meter.createHistogram('checkout.duration', {
  unit: 's', description: 'Time to check out.',
  advice: { explicitBucketBoundaries: [0.1, 0.5, 1, 5] },
});
for (const seconds of [0.05, 0.2, 0.3, 0.7, 9])
  latency.record(seconds, { method: 'card' });
const sizes = meter.createHistogram('payload.size', { unit: 'By', description: 'Size of payloads.' });
for (const bytes of [0, 1, 2, 1024, 1024, 65536])
  sizes.record(bytes);

await provider.forceFlush();
await provider.shutdown();
