# Which source file gets which instruction set: the file's name says it. A level's file is compiled with that level's
# flags, is the only one that may use its instructions, and is entered only after cpu/level.cc saw them on this CPU.

if(DEFINED AD_LEVELS)
  # Given on the command line: an empty list builds the scalar kernels only.
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|amd64")
  set(AD_LEVELS avx2 avx512 avx512vnni)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64|ARM64")
  set(AD_LEVELS neon neondot)
else()
  set(AD_LEVELS)
endif()

set(AD_FLAGS_avx2 -mavx2 -mfma)
set(AD_FLAGS_avx512 -mavx2 -mfma -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512)
set(AD_FLAGS_avx512vnni ${AD_FLAGS_avx512} -mavx512vnni)
set(AD_FLAGS_neon)
set(AD_FLAGS_neondot -march=armv8.2-a+dotprod)

# Drops the files of levels that this processor family does not have.
function(ad_keep_buildable_levels sources)
  set(kept)
  foreach(file IN LISTS ${sources})
    get_filename_component(level ${file} NAME_WE)
    if(level MATCHES "^(avx2|avx512|avx512vnni|neon|neondot)$" AND NOT level IN_LIST AD_LEVELS)
      continue()
    endif()
    list(APPEND kept ${file})
  endforeach()
  set(${sources} ${kept} PARENT_SCOPE)
endfunction()

function(ad_set_level_flags target sources)
  foreach(file IN LISTS sources)
    get_filename_component(level ${file} NAME_WE)
    if(level IN_LIST AD_LEVELS)
      set_property(SOURCE ${file} APPEND PROPERTY COMPILE_OPTIONS ${AD_FLAGS_${level}})
    endif()
  endforeach()
  foreach(level IN LISTS AD_LEVELS)
    string(TOUPPER ${level} name)
    target_compile_definitions(${target} PUBLIC AD_HAVE_${name}=1)
  endforeach()
endfunction()
