# -DAD_SANITIZE=address,undefined (or thread): applied to everything, so that kernels, tests and addon agree.
set(AD_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize takes them")
if(AD_SANITIZE)
  add_compile_options(-fsanitize=${AD_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g -O1)
  add_link_options(-fsanitize=${AD_SANITIZE})
endif()
