package dev.ridgepoint.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Linux's transparent huge pages. The JVM asks for them for its heap alone, so that native memory
 * has to be mapped and advised by the C library's {@code mmap} and {@code madvise}.
 */
final class HugePages {
  private static final Path SYSTEM = Path.of("/sys/kernel/mm/transparent_hugepage");

  private static final long LARGEST_BYTES = 32 << 20;

  /** System property that turns them off: {@code false}. */
  static final String PROPERTY = "ridgepoint.hugePages";

  /** Bytes of a huge page; 0 where there is none, or one too large to cut weights from. */
  static final long BYTES = bytes();

  /** Whether the system gives huge pages to those who ask. */
  static final boolean AVAILABLE = BYTES > 0 && !Calls.FAILED;

  // From Linux's mman.h; the same on x86-64 and AArch64.
  private static final int PROT_READ_WRITE = 1 | 2;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
  private static final int MADV_HUGEPAGE = 14;
  private static final long MAP_FAILED = -1;

  private HugePages() {}

  /**
   * Maps zeroed memory, advised to be of huge pages and aligned to one.
   *
   * @param arena unmaps it when it closes
   * @param bytes a multiple of {@link #BYTES}
   * @throws OutOfMemoryError if the system refuses
   */
  @SuppressWarnings("restricted") // the address and the size are those of the mapping
  static MemorySegment map(Arena arena, long bytes) {
    // One page more, since a mapping is aligned to small pages.
    long mapped = Math.addExact(bytes, BYTES);
    long address = Calls.map(mapped);
    if (address == MAP_FAILED) {
      throw new OutOfMemoryError("cannot map " + mapped + " bytes of native memory");
    }
    long aligned = (address + BYTES - 1) & -BYTES;
    Calls.advise(aligned, bytes);
    return MemorySegment.ofAddress(aligned)
        .reinterpret(bytes, arena, _ -> Calls.unmap(address, mapped));
  }

  private static long bytes() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")
        || "false".equals(System.getProperty(PROPERTY))) {
      return 0;
    }
    try {
      if (Files.readString(SYSTEM.resolve("enabled")).contains("[never]")) {
        return 0;
      }
      long bytes = Long.parseLong(Files.readString(SYSTEM.resolve("hpage_pmd_size")).strip());
      return bytes <= LARGEST_BYTES ? bytes : 0;
    } catch (IOException | NumberFormatException e) {
      return 0; // a kernel without them
    }
  }

  /** The C library's functions. */
  private static final class Calls {
    static final boolean FAILED;

    private static final MethodHandle MMAP;
    private static final MethodHandle MUNMAP;
    private static final MethodHandle MADVISE;

    static {
      MethodHandle mmap = null;
      MethodHandle munmap = null;
      MethodHandle madvise = null;
      try {
        mmap =
            find(
                "mmap",
                FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        munmap = find("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
        madvise = find("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
      } catch (RuntimeException e) {
        mmap = null; // no native access, or none of these functions: plain memory serves as well
      }
      MMAP = mmap;
      MUNMAP = munmap;
      MADVISE = madvise;
      FAILED = mmap == null;
    }

    @SuppressWarnings("restricted") // the signatures are those of POSIX
    private static MethodHandle find(String function, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), descriptor);
    }

    static long map(long bytes) {
      try {
        return (long)
            MMAP.invokeExact(0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    static void unmap(long address, long bytes) {
      try {
        int _ = (int) MUNMAP.invokeExact(address, bytes);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }

    /** Advice that the system refuses costs speed alone. */
    static void advise(long address, long bytes) {
      try {
        int _ = (int) MADVISE.invokeExact(address, bytes, MADV_HUGEPAGE);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
