package interop;

/** The node did something else than the protocol says. */
final class Difference extends RuntimeException {
    private static final long serialVersionUID = 1;

    Difference(String what) {
        super(what);
    }
}
