import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.AtomicValue;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.retry.RetryNTimes;

/**
 * What a Java program on Curator does with the nodes of a cluster.
 *
 * <pre>
 *   increment SERVERS PATH COUNT   adds 1 so many times; prints `incremented COUNT`
 *   nodes SERVERS PATH             prints each child as `NAME DATA`, in order
 *   lead SERVERS PATH              prints `leads` once it is the leader
 * </pre>
 */
public final class CuratorCheck {
    public static void main(String[] arguments) throws Exception {
        try (CuratorFramework client = CuratorFrameworkFactory.newClient(arguments[1], new ExponentialBackoffRetry(100, 5))) {
            client.start();
            if (!client.blockUntilConnected(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no connection to " + arguments[1]);
            }
            switch (arguments[0]) {
                case "increment" -> increment(client, arguments[2], Integer.parseInt(arguments[3]));
                case "nodes" -> nodes(client, arguments[2]);
                case "lead" -> lead(client, arguments[2]);
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    private static void increment(CuratorFramework client, String path, int count) throws Exception {
        DistributedAtomicLong counter = new DistributedAtomicLong(client, path, new RetryNTimes(20, 5));
        for (int done = 0; done < count; ) {
            AtomicValue<Long> value = counter.increment();
            if (value.succeeded()) {
                done++;
            }
        }
        System.out.println("incremented " + count);
    }

    private static void nodes(CuratorFramework client, String path) throws Exception {
        for (String name : client.getChildren().forPath(path).stream().sorted().toList()) {
            System.out.println(name + " " + new String(client.getData().forPath(path + "/" + name), StandardCharsets.UTF_8));
        }
    }

    private static void lead(CuratorFramework client, String path) throws Exception {
        try (LeaderLatch latch = new LeaderLatch(client, path, "curator")) {
            latch.start();
            System.out.println("takes part");
            latch.await();
            System.out.println("leads");
        }
    }
}
