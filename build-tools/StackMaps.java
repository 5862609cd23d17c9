import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives a library's classes of Java 5 the stack maps of Java 8. JDK 25 keeps no class without them
 * in its cache for fast starts, and so would load and verify them anew at each start.
 */
final class StackMaps {
  private static final ClassTransform WITH_STACK_MAPS =
      ClassTransform.dropping(element -> element instanceof ClassFileVersion)
          .andThen(ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL))
          .andThen(
              ClassTransform.endHandler(
                  builder -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0)));

  private StackMaps() {}

  /** Arguments: the jar, and the folder within it whose classes are written again. */
  public static void main(String[] arguments) {
    Path jar = Path.of(arguments[0]);
    try {
      write(jar, arguments[1]);
    } catch (IOException | IllegalArgumentException e) {
      System.err.printf("%s: the classes of %s got no stack maps: %s%n", jar, arguments[1], e);
      System.exit(1);
    }
  }

  private static void write(Path jar, String folder) throws IOException {
    URL[] classPath = {jar.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classPath);
        FileSystem files = FileSystems.newFileSystem(jar)) {
      ClassFile classFile =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing(loader)
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      for (Path file : classes(files.getPath(folder))) {
        ClassModel model = classFile.parse(Files.readAllBytes(file));
        if (model.majorVersion() <= ClassFile.JAVA_5_VERSION) {
          FileTime time = Files.getLastModifiedTime(file);
          Files.write(file, classFile.transformClass(model, WITH_STACK_MAPS));
          Files.setLastModifiedTime(file, time);
        }
      }
    }
  }

  private static List<Path> classes(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }
}
