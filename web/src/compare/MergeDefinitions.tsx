// Two definitions side by side as YAML; loaded when it is first shown.
import { toYaml } from '../forms/yaml_text';
import './compare.css';
import MergeText from './MergeText';

type Props = { from: unknown; to: unknown; fromLabel: string; toLabel: string };

export default function MergeDefinitions({ from, to, fromLabel, toLabel }: Props) {
  return <MergeText from={toYaml(from)} to={toYaml(to)} fromLabel={fromLabel} toLabel={toLabel} language="yaml" />;
}
