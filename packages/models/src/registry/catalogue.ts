import type { InputConvention } from '../image/index.js';

/** A backbone that can be fetched by name. */
export interface CatalogueEntry {
  name: string;
  url: string;
  /** SHA-256 of the file, hexadecimal: whoever serves it, nothing else is accepted. */
  sha256: string;
  bytes: number;
  convention: InputConvention;
  license: string;
  about: string;
}

/** Where the ONNX Model Zoo's validated models are kept since its repository stopped serving them (July 2025). */
const ZOO = 'https://huggingface.co/onnxmodelzoo/legacy_models/resolve/main/validated/vision/classification';

/**
 * Digests and sizes are those that the zoo's own repository, https://github.com/onnx/models, records for Git LFS;
 * licence and normalisation are what its README files say.
 */
function zoo(name: string, path: string, sha256: string, bytes: number, about: string): CatalogueEntry {
  return { name, url: `${ZOO}/${path}`, sha256, bytes, convention: 'imagenet', license: 'Apache-2.0', about };
}

/** The backbones that {@link pullBackbone} knows. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  zoo(
    'resnet18',
    'resnet/model/resnet18-v1-7.onnx',
    '4e8f8653e7a2222b3904cc3fe8e304cd8b339ce1d05fd24688162f86fb6df52c',
    46820737,
    'ResNet-18, ImageNet classifier',
  ),
  zoo(
    'resnet34',
    'resnet/model/resnet34-v1-7.onnx',
    '883a41b2e30ddc2e422c108b091b5e70b92d37dc5c345a2c563dcae27971e2cc',
    87302588,
    'ResNet-34, ImageNet classifier',
  ),
  zoo(
    'resnet50',
    'resnet/model/resnet50-v1-12.onnx',
    '3f03fdef724b22947eed826f1eef1dc5c34151bb4c37d634f1db89dfa2dd1526',
    102576593,
    'ResNet-50, ImageNet classifier',
  ),
  zoo(
    'resnet101',
    'resnet/model/resnet101-v1-7.onnx',
    '760702f6ec0138f71ebac66f4e95d1c72dc9267a8544f4d4667a53075fd0497c',
    178914043,
    'ResNet-101, ImageNet classifier',
  ),
  zoo(
    'densenet121',
    'densenet-121/model/densenet-12.onnx',
    '0294e7e88e5b3360de9b0fdc321baf9e6ef18b7f058c4536caae3b9f18ed9ed5',
    32726877,
    'DenseNet-121, ImageNet classifier',
  ),
];
