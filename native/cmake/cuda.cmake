# The CUDA backend: a library of its own that the addon opens at run time, and the program that tries it first. Built
# where nvcc is found; nothing else depends on it.
set(AD_CUDA AUTO CACHE STRING "Build the CUDA backend: AUTO (if nvcc is found), ON or OFF")
# Two, so that an everyday build stays short. A release takes AD_CUDA_RELEASE_ARCHITECTURES.
set(AD_CUDA_ARCHITECTURES "80-real;90" CACHE STRING "What to compile for, as CMAKE_CUDA_ARCHITECTURES has it")
set(AD_CUDA_RELEASE_ARCHITECTURES "75-real;80-real;86-real;89-real;90-real;100-real;120")
option(AD_CUDA_RELEASE "Compile for every architecture that a release supports, and PTX for later ones" OFF)

set(AD_HAVE_CUDA OFF)
# Sanitizers see nothing of it, and it is for this machine only.
if(AD_CUDA STREQUAL "ON" OR (AD_CUDA AND NOT AD_SANITIZE AND NOT CMAKE_CROSSCOMPILING))
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    if(AD_CUDA_RELEASE)
      set(CMAKE_CUDA_ARCHITECTURES ${AD_CUDA_RELEASE_ARCHITECTURES})
    else()
      set(CMAKE_CUDA_ARCHITECTURES ${AD_CUDA_ARCHITECTURES})
    endif()
    enable_language(CUDA)
    set(AD_HAVE_CUDA ON)
  elseif(AD_CUDA STREQUAL "ON")
    message(FATAL_ERROR "AD_CUDA is ON, but nvcc was not found: put it on the PATH or set CUDACXX")
  else()
    message(STATUS "CUDA backend skipped: nvcc was not found (install the CUDA toolkit 13, or set CUDACXX)")
  endif()
endif()

add_executable(ad_cuda_probe dispatch/probe_main.cc)
target_link_libraries(ad_cuda_probe PRIVATE ad_dispatch)
if(CMAKE_LIBRARY_OUTPUT_DIRECTORY)
  # It lies beside the library.
  set_target_properties(ad_cuda_probe PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_LIBRARY_OUTPUT_DIRECTORY})
endif()
if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND NOT AD_SANITIZE)
  target_link_options(ad_cuda_probe PRIVATE -static-libstdc++ -static-libgcc)
endif()

if(AD_HAVE_CUDA)
  file(GLOB AD_CUDA_SOURCES CONFIGURE_DEPENDS cuda/*.cu kernels/*/*.cu)
  add_library(ad_cuda MODULE ${AD_CUDA_SOURCES})
  set_target_properties(ad_cuda PROPERTIES
    PREFIX "" CUDA_STANDARD 17 CUDA_STANDARD_REQUIRED ON CUDA_RUNTIME_LIBRARY Static
    CUDA_VISIBILITY_PRESET hidden POSITION_INDEPENDENT_CODE ON)
  target_include_directories(ad_cuda PRIVATE include ${CMAKE_CURRENT_SOURCE_DIR})
  # Results equal the CPU's: nothing may be fused that is not written so.
  target_compile_options(ad_cuda PRIVATE $<$<COMPILE_LANGUAGE:CUDA>:-fmad=false -Xcompiler=-Wall,-Wextra,-ffp-contract=off>)
  # Templates of the C++ library are visible whatever the flags say: the map leaves the one symbol.
  set(exports ${CMAKE_CURRENT_SOURCE_DIR}/cuda/exports.map)
  target_link_options(ad_cuda PRIVATE -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL -Wl,--version-script=${exports})
  set_target_properties(ad_cuda PROPERTIES LINK_DEPENDS ${exports})
endif()
