package dev.ridgepoint.peers;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which kernels OpenBLAS takes. It reads that from environment variables when it is loaded. What a
 * user has set there for other programs' sake would slow it here unseen, so it is taken away
 * before; a core to be measured is named to this project instead.
 */
final class OpenBlasCore {
  /** The system property with the core to measure, such as {@code Haswell} for AVX2. */
  private static final String PROPERTY = "ridgepoint.openblasCore";

  private static final String CORE = "OPENBLAS_CORETYPE";
  private static final List<String> VARIABLES = List.of(CORE, "OPENBLAS_L2_SIZE");

  private OpenBlasCore() {}

  /**
   * Has this process load OpenBLAS for the core of {@link #PROPERTY}, or else for the one that
   * OpenBLAS finds. To be called before its library is loaded. Where the system has no POSIX
   * environment, as on Windows, all stays as the user has set it.
   *
   * @return what of the user's environment a reader should know; empty if nothing is set in it
   */
  static String choose() {
    String found =
        VARIABLES.stream()
            .filter(System.getenv()::containsKey)
            .map(variable -> variable + "=" + System.getenv(variable))
            .collect(Collectors.joining(", "));
    if (Linker.nativeLinker().defaultLookup().find("unsetenv").isEmpty()) {
      return found;
    }
    String core = System.getProperty(PROPERTY);
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle unset = function("unsetenv", ValueLayout.ADDRESS);
      for (String variable : VARIABLES) {
        int _ = (int) unset.invokeExact(arena.allocateFrom(variable));
      }
      if (core != null) {
        MethodHandle set =
            function("setenv", ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        int _ = (int) set.invokeExact(arena.allocateFrom(CORE), arena.allocateFrom(core), 1);
      }
    } catch (Throwable e) { // method handles declare it
      throw new IllegalStateException(e);
    }
    return found.isEmpty() ? "" : found + " is set, but not heeded";
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, ValueLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    MemorySegment address = linker.defaultLookup().findOrThrow(name);
    return linker.downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
  }
}
