import type { Graph } from '@ad/onnx';
import type { Size } from '../image/index.js';
import type { MapSettings } from '../model/recipe.js';

/**
 * What makes the anomaly map of patch scores, as nodes: bilinear at the input size, then the Gaussian blur. The same as
 * `anomalyMaps` of the core up to rounding.
 *
 * @param scores - name of a tensor `[n, 1, h, w]`
 * @returns the name of the map `[n, 1, height, width]`
 */
export function addMapNodes(
  graph: Graph,
  scores: string,
  size: Size,
  { sigma, border }: MapSettings,
): string {
  const { height, width } = size;
  const sizes = graph.constant('int64', [2], [height, width], 'map_size');
  const attributes = { axes: [2, 3], mode: 'linear', coordinate_transformation_mode: 'half_pixel' };
  const map = graph.add('Resize', [scores, '', '', sizes], attributes);
  if (sigma === 0) return map;
  const weights = gaussian(sigma);
  const radius = (weights.length - 1) / 2;
  const across = blurred(graph, map, weights, 3, beyond(width, radius, border));
  return blurred(graph, across, weights, 2, beyond(height, radius, border));
}

function blurred(graph: Graph, map: string, weights: number[], axis: 2 | 3, places: number[]): string {
  const length = weights.length;
  const shape = axis === 2 ? [1, 1, length, 1] : [1, 1, 1, length];
  const indices = graph.constant('int64', [places.length], places, 'border');
  const extended = graph.add('Gather', [map, indices], { axis });
  return graph.add('Conv', [extended, graph.constant('float32', shape, weights, 'gaussian')]);
}

/** Cut off at int(4 sigma + 0.5), scaled to a sum of 1: scipy's. */
function gaussian(sigma: number): number[] {
  const radius = Math.floor(4 * sigma + 0.5);
  const weights = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/** Which cell stands at each place from -radius to length + radius - 1; without and with the edge repeated. */
function beyond(length: number, radius: number, border: MapSettings['border']): number[] {
  const period = border === 'mirror' ? Math.max(1, 2 * (length - 1)) : 2 * length;
  return Array.from({ length: length + 2 * radius }, (_, i) => {
    const place = (((i - radius) % period) + period) % period;
    if (place < length) return place;
    return border === 'mirror' ? period - place : period - 1 - place;
  });
}
