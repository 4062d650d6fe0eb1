import type { ReleaseInfo } from '@grapevine/peer'
import { useDesk } from '../context.js'
import { authorInWords, shortName } from '../release-names.js'
import { hashOf } from '../route.js'

/** `7f3a·412`: with as many digits as tell the replicas of this mesh apart. */
export function useShortName(): (dot: Parameters<typeof shortName>[0]) => string {
  const digits = useDesk().status.value?.replicaDigits ?? 4
  return (dot) => shortName(dot, digits)
}

/** The short name of a release, and the way to it. */
export function ReleaseLink({ release }: { release: ReleaseInfo }) {
  return (
    <a class="mono" href={hashOf('releases', release.name)} title={release.name}>
      {useShortName()(release)}
    </a>
  )
}

export function Author({ release }: { release: ReleaseInfo }) {
  const { members } = useDesk()
  return <bdi title={release.author}>{authorInWords(release, members.value)}</bdi>
}
