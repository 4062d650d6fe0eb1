import { useDesk } from '../context.js'
import { Empty } from '../parts/empty.js'

/** A mesh of one: how it becomes more. */
export function Alone() {
  const { status } = useDesk()
  const told = status.value
  if (told === undefined) return null
  const [address = '<host:port>'] = told.addresses
  return (
    <Empty title="No other peer is in this mesh yet">
      {told.badgeUntil === undefined ? (
        <>
          <p>It is open: whoever can reach this peer may come in. On another machine:</p>
          <pre>{`grapevine up --open ${told.mesh} --peer ${address}`}</pre>
        </>
      ) : (
        <>
          <p>Invite one. Here, where this peer is:</p>
          <pre>grapevine invite --out bob.token</pre>
          <p>There, with the token:</p>
          <pre>{'grapevine join @bob.token --name bob\ngrapevine up --listen 0.0.0.0:7300'}</pre>
        </>
      )}
    </Empty>
  )
}
