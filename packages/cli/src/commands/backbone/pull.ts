import { CATALOGUE, pullBackbone } from '@ad/models';
import { Command, Option } from 'commander';
import { bytes } from '../../output/format.js';
import { createReporter } from '../../output/progress.js';
import { addRegistrationOptions, printAdded, type RegistrationFlags } from './registration.js';

interface PullFlags extends RegistrationFlags {
  url?: string;
  sha256?: string;
}

const EXAMPLES = `
Examples:
  ad backbone pull resnet50
  ad backbone pull resnet50 --url https://mirror.example/resnet50-v1-12.onnx
  ad backbone pull ours --url https://models.example/ours.onnx --sha256 DIGEST --normalize imagenet

What breaks off goes on where it ended when it is called again. Proxies: HTTP_PROXY, HTTPS_PROXY, NO_PROXY.`;

/** `ad backbone pull`: the one command that uses the network. */
export function pull(signal: AbortSignal): Command {
  const command = new Command('pull')
    .description(`fetch a backbone: ${CATALOGUE.map(({ name }) => name).join(', ')}, or one of a URL`)
    .argument('<name>', 'one of the catalogue, or what to call it')
    .option('--url <url>', "another place than the catalogue's; the digest stays the same")
    .option('--sha256 <digest>', 'what the file must be; without it a URL is trusted on first use');
  const normalize = new Option(
    '--normalize <values>',
    "what values its input wants (default: the catalogue's)",
  );
  return addRegistrationOptions(command, normalize)
    .addHelpText('after', EXAMPLES)
    .action((name: string, flags: PullFlags) => run(name, flags, signal));
}

async function run(name: string, flags: PullFlags, signal: AbortSignal): Promise<void> {
  const reporter = createReporter(flags.json === true);
  const { url, sha256, normalize: convention, license, replace } = flags;
  const { verified, ...added } = await pullBackbone(name, {
    url,
    sha256,
    convention,
    license,
    replace,
    signal,
    onProgress: (received, total) => {
      if (total) reporter.progress(`fetch ${bytes(total)}`, Math.min(1, received / total));
    },
  });
  reporter.end();
  if (!verified) {
    reporter.warn(
      'nobody had said what this file must be: it was trusted as it came. Compare the digest with its publisher.',
    );
  }
  printAdded(added, flags.json === true);
}
